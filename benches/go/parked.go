package main

import (
	"fmt"
	"os"
	"runtime"
	"strings"
	"sync"
)

// Memory of one goroutine that waits.

func parked(name string) sample {
	switch name {
	case "park-10k":
		return park(10_000, wait)
	case "park-100k":
		return park(100_000, wait)
	case "park-1m":
		return park(1_000_000, wait)
	case "park-10k-state":
		return park(10_000, waitWithState)
	}
	return nil
}

func wait(started *sync.WaitGroup, stop chan struct{}) {
	started.Done()
	<-stop
}

func waitWithState(started *sync.WaitGroup, stop chan struct{}) {
	var state [8 << 10]byte
	touch(&state[0])
	started.Done()
	<-stop
	touch(&state[0])
}

func park(n int, wait func(*sync.WaitGroup, chan struct{})) sample {
	runtime.GC()
	before := memory()
	stop := make(chan struct{})
	var started, ended sync.WaitGroup
	started.Add(n)
	ended.Add(n)
	clock := start()
	for range n {
		go func() {
			defer ended.Done()
			wait(&started, stop)
		}()
	}
	started.Wait()
	took := clock.stop()
	parked := memory()
	close(stop)
	ended.Wait()
	runtime.GC()
	kept := memory()

	found := took.each(float64(n))
	found["resident"] = (parked.resident - before.resident) / float64(n)
	found["reserved"] = (parked.reserved - before.reserved) / float64(n)
	found["kept"] = (kept.resident - before.resident) / float64(n)
	return found
}

// Bytes of the process.
type bytes struct{ reserved, resident float64 }

func memory() bytes {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		fmt.Fprintln(os.Stderr, "memory is read from /proc, which only Linux has")
		os.Exit(3)
	}
	return bytes{inBytes(string(status), "VmSize:"), inBytes(string(status), "VmRSS:")}
}

func inBytes(status, name string) (kilobytes float64) {
	_, after, _ := strings.Cut(status, name)
	_, err := fmt.Sscan(after, &kilobytes)
	check(err)
	return kilobytes * 1024
}
