# Entry of an image and of its traps. At _start, a0 holds the boot block's address (runtime/abi/manifest.hpp).
  .equ mstatus_fs_initial, 1 << 13
  .equ mstatus_vs_initial, 1 << 9
  .equ niu_base, 0x40000000
  .equ niu_wait, 0x108
  .equ niu_timer, 0x120
  .equ mstatus_mie, 1 << 3
  .equ postponed_cycles, 100

  .section .text.start, "ax", @progbits
  .globl _start
_start:
  .option push
  .option norelax
  la gp, __global_pointer$
  .option pop
  la tp, _ZN6troupe6device12core_runtimeE
  la sp, __stack_top
  la t0, __trap_stack_top
  csrw mscratch, t0
  la t0, trap_entry
  csrw mtvec, t0
  li t0, mstatus_fs_initial | mstatus_vs_initial | mstatus_mie
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

# A trap ends its actor, or the program where it is nobody's. The handler has a stack of its own, since the
# cause may be a stack overflow; a trap inside the handler parks the core. The timer's interrupt, on while an
# actor with a time budget runs, inside the runtime is put off.
  .balign 4
trap_entry:
  csrrw sp, mscratch, sp
  addi sp, sp, -16 * 8
  sd t0, 0(sp)
  csrr t0, mcause
  bltz t0, timer
trap:
  csrw mie, zero
  la t0, troupe_park
  csrw mtvec, t0
  csrr a0, mcause
  csrr a1, mepc
  csrr a2, mtval
  csrr a3, mscratch
  call troupe_trap
  j troupe_park

timer:
  sd t1, 8(sp)
  csrr t0, mepc
  la t1, __runtime_text
  bltu t0, t1, 1f
  la t1, __runtime_helpers_end
  bgeu t0, t1, 1f
  # In the runtime: again in a little while.
  csrr t0, mcycle
  addi t0, t0, postponed_cycles
  li t1, niu_base
  sd t0, niu_timer(t1)
  j 2f
1:sd t2, 16(sp)
  sd a0, 24(sp)
  sd a1, 32(sp)
  sd a2, 40(sp)
  sd a3, 48(sp)
  sd a4, 56(sp)
  sd a5, 64(sp)
  sd a6, 72(sp)
  sd a7, 80(sp)
  sd t3, 88(sp)
  sd t4, 96(sp)
  sd t5, 104(sp)
  sd t6, 112(sp)
  sd ra, 120(sp)
  call troupe_budget_is_over
  bnez a0, trap
  ld t2, 16(sp)
  ld a0, 24(sp)
  ld a1, 32(sp)
  ld a2, 40(sp)
  ld a3, 48(sp)
  ld a4, 56(sp)
  ld a5, 64(sp)
  ld a6, 72(sp)
  ld a7, 80(sp)
  ld t3, 88(sp)
  ld t4, 96(sp)
  ld t5, 104(sp)
  ld t6, 112(sp)
  ld ra, 120(sp)
2:ld t1, 8(sp)
  ld t0, 0(sp)
  addi sp, sp, 16 * 8
  csrrw sp, mscratch, sp
  mret

# Back from a trap to the main stack, emptied: a0 cause, a1 pc, a2 value, a3 the stack pointer there.
  .globl troupe_leave_trap
  .balign 4
troupe_leave_trap:
  la t0, __trap_stack_top
  csrw mscratch, t0
  la t0, trap_entry
  csrw mtvec, t0
  la sp, __stack_top
  csrsi mstatus, mstatus_mie
  j troupe_resume
