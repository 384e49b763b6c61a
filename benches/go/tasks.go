package main

import (
	"context"
	"runtime"
	"sync"
	"sync/atomic"
)

// Starting and ending goroutines, and threads; cancelling many; large stacks.

const (
	batch = 1000
	many  = 10_000
)

var done atomic.Int64

func tasks(name string) sample {
	switch name {
	case "spawn":
		return measure(oneByOne)
	case "batch":
		return measure(batches)
	case "state-none":
		return measure(func(n int) { each(n, func() { runtime.Gosched() }) })
	case "state-8k":
		return measure(func(n int) { each(n, state8) })
	case "state-32k":
		return measure(func(n int) { each(n, state32) })
	case "thread":
		return measure(threads)
	case "cancel", "cancel-child":
		return measureParts(many, func() took { return cancelMany(name == "cancel-child") })
	}
	return nil
}

func oneByOne(n int) {
	each(n, func() { done.Add(1) })
}

// each runs work in a goroutine and waits for it, n times.
func each(n int, work func()) {
	var ended sync.WaitGroup
	for range n {
		ended.Add(1)
		go func() {
			work()
			ended.Done()
		}()
		ended.Wait()
	}
}

// Rounds n up to batches.
func batches(n int) {
	var ended sync.WaitGroup
	for range (n + batch - 1) / batch {
		ended.Add(batch)
		for range batch {
			go func() {
				done.Add(1)
				ended.Done()
			}()
		}
		ended.Wait()
	}
}

func state8() {
	var state [8 << 10]byte
	touch(&state[0])
	runtime.Gosched()
	touch(&state[0])
}

func state32() {
	var state [32 << 10]byte
	touch(&state[0])
	runtime.Gosched()
	touch(&state[0])
}

//go:noinline
func touch(first *byte) { *first++ }

// A goroutine that ends while it is locked takes its thread with it.
func threads(n int) {
	for range n {
		ended := make(chan struct{})
		go func() {
			runtime.LockOSThread()
			done.Add(1)
			close(ended)
		}()
		<-ended
	}
}

// From cancel until the last waiter has ended.
func cancelMany(child bool) took {
	stop, cancel := context.WithCancel(context.Background())
	var waiting, ended sync.WaitGroup
	waiting.Add(many)
	ended.Add(many)
	for range many {
		own, release := stop, context.CancelFunc(func() {})
		if child {
			own, release = context.WithCancel(stop)
		}
		go func() {
			defer ended.Done()
			defer release()
			waiting.Done()
			<-own.Done()
		}()
	}
	waiting.Wait()
	clock := start()
	cancel()
	ended.Wait()
	return clock.stop()
}
