-- Requests for a time, each of them answered: at its end each connection sends a "G" instead, the beginning of a request
-- that no server answers. Broken off in the middle, as wrk does it, a request is not counted and its span is stored.
local ffi = require("ffi")
ffi.cdef [[
  typedef struct { long seconds, nanoseconds; } moment;
  int clock_gettime(int clock, moment *now);
]]
local MONOTONIC = 1

local function now()
  local read = ffi.new("moment")
  ffi.C.clock_gettime(MONOTONIC, read)
  return tonumber(read.seconds) + tonumber(read.nanoseconds) / 1e9
end

local threads = {}

function setup(thread)
  thread:set("asked", 0)
  thread:set("finished", 0)
  table.insert(threads, thread)
end

function init(arguments)
  seconds = tonumber(arguments[1])
  whole = wrk.format()
end

function request()
  if not verified then -- wrk asks once before it begins, in the first thread, and sends nothing
    verified = true
    return whole
  end
  local moment = now()
  began = began or moment
  if moment < began + seconds then
    asked = asked + 1
    return whole
  end
  finished = finished + 1
  ended = moment
  return "G"
end

function done(summary, latency, _)
  local asked, finished, began, ended = 0, 0, math.huge, 0
  for _, thread in ipairs(threads) do
    asked, finished = asked + thread:get("asked"), finished + thread:get("finished")
    began, ended = math.min(began, thread:get("began")), math.max(ended, thread:get("ended") or 0)
  end
  local errors = summary.errors
  io.write(string.format(
    '\n{"answered": %d, "connections": %d, "seconds": %.6f, "p50": %.1f, "p99": %.1f, "p999": %.1f, "errors": %d}\n',
    asked, finished, ended - began, latency:percentile(50), latency:percentile(99), latency:percentile(99.9),
    errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
