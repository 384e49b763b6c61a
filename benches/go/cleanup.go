package main

import (
	"os"
	"sync"
)

// What one cleanup costs, by its shape. Each is called through a variable, as the Rust half does.
// What the compiler makes of each `defer` is in the data file: it says so when asked to.

var (
	counter int
	lock    sync.Mutex
	data    [1024]byte
)

//go:noinline
func release() { counter++ }

//go:noinline
func releaseSome(n int) { counter += n }

type shape struct {
	call     func()
	cleanups float64
}

var shapes = map[string]shape{
	"none":                {func() { counter += 2 }, 1},
	"direct":              {direct, 1},
	"defer":               {deferred, 1},
	"early-direct":        {func() { earlyDirect(true) }, 1},
	"early-defer":         {func() { earlyDefer(true) }, 1},
	"nine-direct":         {nineDirect, 9},
	"nine-defers":         {nineDefers, 9},
	"loop-direct":         {func() { loopDirect(10) }, 10},
	"loop-closure":        {func() { loopClosure(10) }, 10},
	"loop-defer":          {func() { loopDefer(10) }, 10},
	"loop-defer-captured": {func() { loopDeferCaptured(10) }, 10},
	"lock-direct":         {lockDirect, 1},
	"lock-defer":          {lockDefer, 1},
	"buffer-direct":       {bufferDirect, 1},
	"buffer-defer":        {bufferDefer, 1},
	"file-direct":         {fileDirect, 1},
	"file-defer":          {fileDefer, 1},
	"catch":               {recovering, 1},
}

func cleanup(name string) sample {
	shape, known := shapes[name]
	if !known {
		return nil
	}
	call := shape.call
	found := measure(func(n int) {
		for range n {
			call()
		}
	})
	for name := range found {
		found[name] /= shape.cleanups
	}
	return found
}

//go:noinline
func direct() {
	counter++
	release()
}

//go:noinline
func deferred() {
	defer release()
	counter++
}

//go:noinline
func earlyDirect(early bool) {
	if early {
		return
	}
	counter++
	release()
}

//go:noinline
func earlyDefer(early bool) {
	if early {
		return
	}
	defer release()
	counter++
}

//go:noinline
func nineDirect() {
	release()
	release()
	release()
	release()
	release()
	release()
	release()
	release()
	release()
}

//go:noinline
func nineDefers() {
	defer release()
	defer release()
	defer release()
	defer release()
	defer release()
	defer release()
	defer release()
	defer release()
	defer release()
}

//go:noinline
func loopDirect(n int) {
	for range n {
		release()
	}
}

// The usual way out: a function for each turn.
//
//go:noinline
func loopClosure(n int) {
	for range n {
		func() { defer release() }()
	}
}

//go:noinline
func loopDefer(n int) {
	for range n {
		defer release()
	}
}

//go:noinline
func lockDirect() {
	lock.Lock()
	counter++
	lock.Unlock()
}

//go:noinline
func lockDefer() {
	lock.Lock()
	defer lock.Unlock()
	counter++
}

// The same where each call has an argument, which the list has to keep.
//
//go:noinline
func loopDeferCaptured(n int) {
	for i := range n {
		defer releaseSome(i)
	}
}

// The source's function: acquire 16 bytes, process 1 KiB, release.
//
//go:noinline
func acquire() *[2]int { return &[2]int{1, 2} }

//go:noinline
func process(resource *[2]int) {
	for _, b := range data {
		resource[1] += int(b)
	}
}

//go:noinline
func releaseResource(resource *[2]int) { resource[0]++ }

//go:noinline
func bufferDirect() {
	resource := acquire()
	process(resource)
	releaseResource(resource)
}

//go:noinline
func bufferDefer() {
	resource := acquire()
	defer releaseResource(resource)
	process(resource)
}

func fileDirect() {
	file, err := os.Open("/dev/null")
	check(err)
	counter++
	file.Close()
}

func fileDefer() {
	file, err := os.Open("/dev/null")
	check(err)
	defer file.Close()
	counter++
}

//go:noinline
func recovering() {
	defer func() {
		if recover() == nil {
			release()
		}
	}()
	counter++
}
