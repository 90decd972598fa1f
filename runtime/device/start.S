# Entry of an image and of its traps. At _start, a0 holds the boot block's address (runtime/abi/manifest.hpp).
  .equ mstatus_fs_initial, 1 << 13
  .equ mstatus_vs_initial, 1 << 9
  .equ niu_base, 0x40000000
  .equ niu_wait, 0x108

  .section .text.start, "ax", @progbits
  .globl _start
_start:
  .option push
  .option norelax
  la gp, __global_pointer$
  .option pop
  la sp, __stack_top
  la t0, __trap_stack_top
  csrw mscratch, t0
  la t0, trap_entry
  csrw mtvec, t0
  li t0, mstatus_fs_initial | mstatus_vs_initial
  csrs mstatus, t0

  la t0, __bss
  la t1, __bss_end
  sub t1, t1, t0
  vsetvli t2, zero, e8, m8, ta, ma
  vmv.v.i v8, 0
1:beqz t1, 2f
  vsetvli t2, t1, e8, m8, ta, ma
  vse8.v v8, (t0)
  add t0, t0, t2
  sub t1, t1, t2
  j 1b

2:mv s0, a0
  la s1, __init_array
  la s2, __init_array_end
3:bgeu s1, s2, 4f
  ld t0, 0(s1)
  addi s1, s1, 8
  jalr t0
  j 3b

4:mv a0, s0
  call troupe_main

# A core that has nothing left to do: waits for events and drops them.
  .globl troupe_park
  .balign 4
troupe_park:
  li t0, niu_base
1:ld t1, niu_wait(t0)
  j 1b

# Any trap ends the program. The handler has a stack of its own, since the cause may be a stack overflow; a
# trap inside the handler parks the core.
  .balign 4
trap_entry:
  csrrw sp, mscratch, sp
  la t0, troupe_park
  csrw mtvec, t0
  csrr a0, mcause
  csrr a1, mepc
  csrr a2, mtval
  call troupe_trap
  j troupe_park
