// Actors in C++: what a program includes. README.md beside this file's folder teaches the model.
#pragma once

#include "runtime/device/behaviour.hpp"
#include "runtime/device/buffer.hpp"
#include "runtime/device/coroutine.hpp"
#include "runtime/device/data.hpp"
#include "runtime/device/mailbox.hpp"
#include "runtime/device/print.hpp"
#include "runtime/device/receive.hpp"
#include "runtime/device/spawn.hpp"
#include "runtime/device/system.hpp"
