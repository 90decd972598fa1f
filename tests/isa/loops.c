// Loops as programs have them, for the vector unit: compiled with and without V they must print the same lines.
typedef unsigned char u8; typedef unsigned short u16; typedef unsigned int u32; typedef unsigned long u64;
typedef signed char i8; typedef short i16; typedef int i32; typedef long i64;
#define NOINLINE __attribute__((noinline))
#define N 301

extern volatile u64 tohost, fromhost;
static volatile u64 request[8];
static void print(const char* text, u64 bytes) {
  __asm__ volatile("" ::"r"(text) : "memory");
  request[0] = 64; request[1] = 1; request[2] = (u64)text; request[3] = bytes;
  tohost = (u64)request;
  while (fromhost == 0) {}
  fromhost = 0;
}
static void line(const char* name, u64 value) {
  char text[64]; int n = 0;
  while (*name) text[n++] = *name++;
  text[n++] = ' ';
  for (int i = 60; i >= 0; i -= 4) text[n++] = "0123456789abcdef"[value >> i & 15];
  text[n++] = '\n';
  print(text, n);
}
static u64 hash(const void* p, u64 bytes) {
  const u8* b = p; u64 h = 14695981039346656037ul;
  for (u64 i = 0; i < bytes; ++i) h = (h ^ b[i]) * 1099511628211ul;
  return h;
}
static u64 state = 88172645463325252ul;
static u64 next(void) { state ^= state << 13; state ^= state >> 7; return state ^= state << 17; }

static u8 a8[N], b8[N], c8[N]; static u16 a16[N], b16[N], c16[N]; static u32 a32[N], b32[N], c32[N];
static u64 a64[N], b64[N], c64[N]; static float fa[N], fb[N], fc[N]; static double da[N], db[N], dc[N];
static float m1[64 * 64], m2[64 * 64], m3[64 * 64];
static struct { float x, y, z; } points[N];
static struct { u8 r, g, b, a; } pixels[N];

#define LOOP(name, type, out, expr) \
  static NOINLINE void name(long n, type* restrict o) { for (long i = 0; i < n; ++i) o[i] = (expr); }
LOOP(add8, u8, c8, a8[i] + b8[i]) LOOP(mul16, u16, c16, a16[i] * b16[i]) LOOP(mix32, u32, c32, (a32[i] ^ b32[i]) - (a32[i] & b32[i]) + (a32[i] | 77))
LOOP(shift32, u32, c32, a32[i] << (b32[i] & 31) | a32[i] >> (b32[i] & 7)) LOOP(sra64, u64, c64, (u64)((i64)a64[i] >> (b64[i] & 63)))
LOOP(minmax32, u32, c32, (i32)a32[i] < (i32)b32[i] ? a32[i] : b32[i] > 1000u ? b32[i] : 1000u)
LOOP(select16, u16, c16, a16[i] > b16[i] ? a16[i] - b16[i] : (u16)(i16)-5)
LOOP(high32, u32, c32, (u32)(((u64)a32[i] * b32[i]) >> 32)) LOOP(high64, u64, c64, (u64)(((unsigned __int128)a64[i] * b64[i]) >> 64))
LOOP(div32, u32, c32, a32[i] / (b32[i] | 1)) LOOP(rem64, u64, c64, (u64)((i64)a64[i] % (i64)(b64[i] | 3)))
LOOP(widen8, u32, c32, (u32)a8[i] * b8[i] + (u32)(i32)(i8)a8[i]) LOOP(widen32, u64, c64, (u64)((i64)(i32)a32[i] * (i32)b32[i]) + a32[i])
LOOP(narrow, u8, c8, (u8)(a32[i] >> 9)) LOOP(narrow64, u16, c16, (u16)(a64[i] >> 21)) LOOP(iota, u32, c32, (u32)(i * 7 + 3))
LOOP(average8, u8, c8, (u8)((a8[i] + b8[i] + 1) >> 1)) LOOP(saturate8, u8, c8, a8[i] + b8[i] > 255 ? 255 : a8[i] + b8[i])
LOOP(absdiff, u8, c8, a8[i] > b8[i] ? a8[i] - b8[i] : b8[i] - a8[i])
LOOP(fadd, float, fc, fa[i] + fb[i] * 2.5f) LOOP(fdiv, float, fc, (fa[i] - fb[i]) / (fb[i] * fb[i] + 1.0f)) LOOP(fsqrt, float, fc, __builtin_sqrtf(fa[i] * fa[i] + fb[i] * fb[i]))
LOOP(relu, float, fc, fa[i] > 0 ? fa[i] : 0.0f) LOOP(fabsneg, float, fc, -__builtin_fabsf(fa[i])) LOOP(copysign32, float, fc, __builtin_copysignf(fa[i], fb[i]))
LOOP(dfma, double, dc, __builtin_fma(da[i], db[i], 0.125)) LOOP(dsub, double, dc, da[i] - db[i] * db[i]) LOOP(clamp, float, fc, fa[i] < -1.0f ? -1.0f : fa[i] > 1.0f ? 1.0f : fa[i])
LOOP(to_int, u32, c32, (u32)(i32)fa[i]) LOOP(from_int, float, fc, (float)(i32)a32[i]) LOOP(from_u8, float, fc, (float)a8[i] * (1.0f / 255.0f))
LOOP(to_double, double, dc, (double)fa[i] * 3.0) LOOP(to_float, float, fc, (float)da[i]) LOOP(long_to_double, double, dc, (double)(i64)a64[i]) LOOP(double_to_long, u64, c64, (u64)(i64)(da[i] * 1e6))
LOOP(from_u32, float, fc, (float)a32[i]) LOOP(to_u8, u8, c8, (u8)(i32)(fb[i] < 0 ? 0.0f : fb[i] * 0.1f)) LOOP(from_u16, double, dc, (double)a16[i]) LOOP(to_i16, u16, c16, (u16)(i16)(fb[i] * 0.25f))
LOOP(gather, u32, c32, a32[b8[i]]) LOOP(gather_f, double, dc, da[a8[i] & 127]) LOOP(reverse, u32, c32, a32[N - 1 - i]) LOOP(stride, u32, c32, a32[(i * 3) % N])
LOOP(norm, float, fc, points[i].x * points[i].x + points[i].y - points[i].z) LOOP(grey, u8, c8, (u8)((pixels[i].r * 77 + pixels[i].g * 150 + pixels[i].b * 29) >> 8))
LOOP(cond_load, float, fc, a8[i] & 1 ? fa[i] * 2.0f : fb[i]) LOOP(fclassy, u32, c32, fa[i] != fa[i] ? 1u : fa[i] == fb[i] ? 2u : 3u)

static NOINLINE u64 sum32(long n) { u32 s = 0; for (long i = 0; i < n; ++i) s += a32[i]; return s; }
static NOINLINE u64 sum8(long n) { u32 s = 0; for (long i = 0; i < n; ++i) s += a8[i]; return s; }
static NOINLINE u64 dot16(long n) { i32 s = 0; for (long i = 0; i < n; ++i) s += (i16)a16[i] * (i16)b16[i]; return (u32)s; }
static NOINLINE u64 max32(long n) { i32 s = -2147483647; for (long i = 0; i < n; ++i) s = s > (i32)a32[i] ? s : (i32)a32[i]; return (u32)s; }
static NOINLINE u64 minu64(long n) { u64 s = ~0ul; for (long i = 0; i < n; ++i) s = s < a64[i] ? s : a64[i]; return s; }
static NOINLINE u64 xor64(long n) { u64 s = 0; for (long i = 0; i < n; ++i) s ^= a64[i]; return s; }
static NOINLINE u64 andor(long n) { u32 s = ~0u, t = 0; for (long i = 0; i < n; ++i) { s &= a32[i] | 0xff; t |= a32[i] & 0xf0f0; } return (u64)s << 32 | t; }
static NOINLINE u64 count(long n) { u64 s = 0; for (long i = 0; i < n; ++i) s += a16[i] > b16[i]; return s; }
static NOINLINE u64 any(long n) { int s = 0; for (long i = 0; i < n; ++i) s |= a32[i] == b32[i] + 5; return (u64)s; }
static NOINLINE float fsum(long n) { float s = 0; for (long i = 0; i < n; ++i) s += fa[i]; return s; }
static NOINLINE void interleave(long n) { for (long i = 0; i < n; ++i) { pixels[i].r = a8[i]; pixels[i].g = b8[i]; pixels[i].b = (u8)(a8[i] ^ b8[i]); pixels[i].a = 255; } }
static NOINLINE void scatter(long n) { for (long i = 0; i < n; ++i) points[i].y = fa[i]; }
static NOINLINE void cond_store(long n) { for (long i = 0; i < n; ++i) if (a8[i] & 1) c32[i] = b32[i]; }
static NOINLINE void prefix(long n) { for (long i = 1; i < n; ++i) c32[i] = a32[i] - a32[i - 1]; }
static NOINLINE void matmul(void) {
  for (int i = 0; i < 64; ++i) for (int k = 0; k < 64; ++k) for (int j = 0; j < 64; ++j) m3[i * 64 + j] += m1[i * 64 + k] * m2[k * 64 + j];
}

#define RUN(name, out) for (long n = 0; n <= N; n += n < 20 ? 1 : 93) { name(n, out); h = h * 31 + hash(out, sizeof out); } line(#name, h)
#define RUN0(name, out) name(N); line(#name, hash(out, sizeof out))
int main(void) {
  u64 h = 0;
  for (int i = 0; i < N; ++i) {
    a8[i] = (u8)next(); b8[i] = (u8)next(); a16[i] = (u16)next(); b16[i] = (u16)next(); a32[i] = (u32)next(); b32[i] = (u32)next();
    a64[i] = next(); b64[i] = next() >> (i & 31);
    fa[i] = (float)((i32)next() >> (8 + (i & 15))) * 0.25f; fb[i] = (float)(i32)(next() & 0xffff) - 100.0f;
    da[i] = (double)(i64)next() * 0x1p-40; db[i] = (double)(i32)next();
    points[i].x = fa[i]; points[i].z = fb[i]; points[i].y = 1.5f;
  }
  fa[7] = __builtin_inff(); fa[11] = -0.0f; fa[13] = 1e-42f; fa[200] = -__builtin_inff();
  for (int i = 0; i < 64 * 64; ++i) { m1[i] = (float)(i % 13) * 0.5f; m2[i] = (float)(i % 7) - 3; }
  RUN(add8, c8); RUN(mul16, c16); RUN(mix32, c32); RUN(shift32, c32); RUN(sra64, c64); RUN(minmax32, c32); RUN(select16, c16); RUN(high32, c32); RUN(high64, c64);
  RUN(div32, c32); RUN(rem64, c64); RUN(widen8, c32); RUN(widen32, c64); RUN(narrow, c8); RUN(narrow64, c16); RUN(iota, c32); RUN(average8, c8); RUN(saturate8, c8); RUN(absdiff, c8);
  RUN(fadd, fc); RUN(fdiv, fc); RUN(fsqrt, fc); RUN(relu, fc); RUN(fabsneg, fc); RUN(copysign32, fc); RUN(dfma, dc); RUN(dsub, dc); RUN(clamp, fc);
  RUN(from_int, fc); RUN(from_u8, fc); RUN(to_double, dc); RUN(to_float, fc); RUN(long_to_double, dc); RUN(double_to_long, c64); RUN(from_u32, fc); RUN(from_u16, dc); RUN(fclassy, c32);
  fa[7] = 2.5f; fa[200] = -2.5f; RUN(to_int, c32); RUN(to_i16, c16); RUN(to_u8, c8);
  RUN(gather, c32); RUN(gather_f, dc); RUN(reverse, c32); RUN(stride, c32); RUN(norm, fc); RUN0(interleave, pixels); RUN(grey, c8); RUN0(scatter, points); RUN(cond_load, fc); RUN0(cond_store, c32); RUN0(prefix, c32);
  line("sum32", sum32(N)); line("sum8", sum8(N)); line("dot16", dot16(N)); line("max32", max32(N)); line("minu64", minu64(N)); line("xor64", xor64(N)); line("andor", andor(N)); line("count", count(N)); line("any", any(N));
  for (int i = 0; i < N; ++i) fa[i] = (float)(i % 17);
  line("fsum", (u64)fsum(N)); matmul(); line("matmul", hash(m3, sizeof m3));
  u32 flags; __asm__ volatile("csrr %0, fflags" : "=r"(flags)); line("fflags", flags);
  return 0;
}
void* memset(void* d, int c, u64 n) { u8* p = d; while (n--) { *p++ = (u8)c; __asm__ volatile(""); } return d; }
void* memcpy(void* d, const void* s, u64 n) { u8* p = d; const u8* q = s; while (n--) { *p++ = *q++; __asm__ volatile(""); } return d; }
__asm__(".section .text.init,\"ax\"\n.globl _start\n_start: li t0, 0x6600\ncsrs mstatus, t0\nla sp, stack_top\ncall main\nslli a0, a0, 1\nori a0, a0, 1\nla t0, tohost\nsd a0, 0(t0)\n1: j 1b\n"
        ".section .tohost,\"aw\",@progbits\n.balign 64\n.globl tohost\ntohost: .dword 0\n.globl fromhost\nfromhost: .dword 0\n.bss\n.balign 64\n.skip 65536\nstack_top:\n.text\n");
