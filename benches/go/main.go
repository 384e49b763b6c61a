// The Go half of `cargo xtask measure`: one round of one benchmark, in a process of its own.
// Its arguments and its output are those of the Rust half, ../src/main.rs.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"syscall"
	"time"
)

// What one round found, by name: nanoseconds or bytes of one operation.
type sample map[string]float64

// How long the operations that count should take, at least.
var lasts time.Duration

func main() {
	if len(os.Args) != 4 {
		fail("usage: benches NAME THREADS MILLISECONDS")
	}
	threads, err := strconv.Atoi(os.Args[2])
	check(err)
	milliseconds, err := strconv.Atoi(os.Args[3])
	check(err)
	lasts = time.Duration(milliseconds) * time.Millisecond
	runtime.GOMAXPROCS(threads)

	name := os.Args[1]
	for _, group := range []func(string) sample{cleanup, failures, tasks, channels, parked} {
		if found := group(name); found != nil {
			check(json.NewEncoder(os.Stdout).Encode(found))
			return
		}
	}
	fail("there is no benchmark " + name)
}

func fail(message string) {
	fmt.Fprintln(os.Stderr, message)
	os.Exit(1)
}

func check(err error) {
	if err != nil {
		fail(err.Error())
	}
}

// Both clocks: CPU time of the whole process, and wall time.
type stopwatch struct {
	cpu  time.Duration
	wall time.Time
}

type took struct{ cpu, wall time.Duration }

func start() stopwatch { return stopwatch{cpuNow(), time.Now()} }

func (s stopwatch) stop() took { return took{cpuNow() - s.cpu, time.Since(s.wall)} }

func cpuNow() time.Duration {
	var usage syscall.Rusage
	check(syscall.Getrusage(syscall.RUSAGE_SELF, &usage))
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

func (t took) each(operations float64) sample {
	return sample{
		"cpu":  float64(t.cpu.Nanoseconds()) / operations,
		"wall": float64(t.wall.Nanoseconds()) / operations,
	}
}

// measure runs run(n) with growing n until it lasts long enough; what came before was the warm-up.
func measure(run func(n int)) sample {
	for n := 1; ; {
		clock := start()
		run(n)
		took := clock.stop()
		if took.wall >= lasts {
			return took.each(float64(n))
		}
		missing := lasts.Seconds() / max(took.wall.Seconds(), 1e-7)
		n = int(float64(n)*min(max(missing*1.2, 1.5), 10)) + 1
	}
}

// For what needs a preparation that does not count: run times itself. The first is the warm-up.
func measureParts(operations float64, run func() took) sample {
	run()
	sum, runs := took{}, 0.0
	for runs < 2 || sum.wall < lasts {
		took := run()
		sum.cpu += took.cpu
		sum.wall += took.wall
		runs++
	}
	return sum.each(runs * operations)
}
