// The Go half of task_cost: one round of one measurement, in a process of its own.
package main

import (
	"fmt"
	"os"
	"runtime"
	"strconv"
	"sync"
	"syscall"
)

func main() {
	procs, err := strconv.Atoi(os.Args[1])
	check(err)
	runtime.GOMAXPROCS(procs)
	switch os.Args[2] {
	case "start":
		cpu(2_000_000, start)
	case "parked":
		park(100_000)
	case "trip":
		cpu(1_000_000, trip)
	}
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// cpu prints the CPU time of one of n, in nanoseconds. A first, shorter run warms up.
func cpu(n int, run func(int)) {
	run(n / 10)
	before := cpuNow()
	run(n)
	fmt.Println(float64(cpuNow()-before) / float64(n))
}

func cpuNow() int64 {
	var usage syscall.Rusage
	check(syscall.Getrusage(syscall.RUSAGE_SELF, &usage))
	return usage.Utime.Nano() + usage.Stime.Nano()
}

func start(n int) {
	var batch sync.WaitGroup
	for range n / 1000 {
		batch.Add(1000)
		for range 1000 {
			go batch.Done()
		}
		batch.Wait()
	}
}

// park prints the resident bytes of one parked goroutine, those still resident after the end, and
// the reserved ones.
func park(n int) {
	runtime.GC()
	before := memory()
	stop := make(chan struct{})
	var started, ended sync.WaitGroup
	started.Add(n)
	ended.Add(n)
	for range n {
		go func() {
			defer ended.Done()
			started.Done()
			<-stop
		}()
	}
	started.Wait()
	parked := memory()
	close(stop)
	ended.Wait()
	runtime.GC()
	kept := memory()
	each := func(pages int) float64 { return float64(pages) * 4096 / float64(n) }
	fmt.Println(each(parked[1]-before[1]), each(kept[1]-before[1]), each(parked[0]-before[0]))
}

func trip(n int) {
	requests, replies := make(chan int, 1), make(chan int, 1)
	go func() {
		for order := range requests {
			replies <- order
		}
	}()
	for order := range n {
		requests <- order
		<-replies
	}
	close(requests)
}

// memory counts pages: reserved, and resident.
func memory() (pages [2]int) {
	statm, err := os.ReadFile("/proc/self/statm")
	check(err)
	_, err = fmt.Sscan(string(statm), &pages[0], &pages[1])
	check(err)
	return pages
}
