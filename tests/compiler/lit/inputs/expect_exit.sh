# usage: expect_exit.sh CODE COMMAND...   runs it; succeeds when it ends with exactly that code
want=$1
shift
"$@"
got=$?
[ "$got" -eq "$want" ] || { echo "exit code $got, expected $want"; exit 1; }
