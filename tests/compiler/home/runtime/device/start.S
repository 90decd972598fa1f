# Of the stand-in runtime: nothing runs it, the linker wants an entry.
  .section .text.start, "ax"
  .globl _start
_start:
  j _start
