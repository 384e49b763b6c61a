// The Go half of shutdown: every way out that has a deferred call to watch. Without arguments it
// lists the ways; with one it takes that way.
package main

import (
	"bytes"
	"context"
	"fmt"
	"log"
	"maps"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"runtime/debug"
	"slices"
	"sync"
	"syscall"
	"time"
)

var ways = map[string]func(){
	"return":                           returns,
	"os.Exit":                          func() { defer cleanup()(); os.Exit(3) },
	"log.Fatal":                        func() { defer cleanup()(); log.Fatal("disk full") },
	"stack overflow":                   stackOverflow,
	"deadlock, detected":               func() { defer cleanup()(); select {} },
	"runtime.Goexit":                   func() { wait(func() { defer cleanup()(); runtime.Goexit() }) },
	"runtime.Goexit in main":           func() { defer cleanup()(); runtime.Goexit() },
	"panic":                            func() { defer cleanup()(); panic("bad amount") },
	"recovered":                        recovered,
	"panic in a deferred call":         inADeferredCall,
	"panic during a panic":             duringAPanic,
	"panic in a goroutine, call in it": func() { wait(func() { defer cleanup()(); panic("bad amount") }) },
	"SIGINT (Ctrl-C)":                  func() { unhandled("INT") },
	"SIGTERM":                          func() { unhandled("TERM") },
	"SIGKILL":                          func() { unhandled("KILL") },
	"SIGINT, handled":                  func() { handled("INT") },
	"SIGINT, handler exits":            handlerExits,
	"SIGTERM, handled":                 func() { handled("TERM") },
	"goroutine waited for":             func() { wait(func() { defer cleanup()() }) },

	"select loser, a goroutine":                 selectLoser,
	"unlock of an unlocked mutex":               func() { defer cleanup()(); new(sync.Mutex).Unlock() },
	"panic in a goroutine, call in main":        func() { defer cleanup()(); wait(func() { panic("bad amount") }) },
	"goroutine parked":                          func() { parked(context.Background()) },
	"goroutine perhaps not started":             notStarted,
	"panic in main, call in a parked goroutine": func() { parked(context.Background()); panic("bad amount") },
	"context cancelled":                         func() { cancelled(listen) },
	"context cancelled, ignored":                func() { cancelled(parked) },
	"context timeout":                           func() { elapsed(listen) },
	"context timeout, ignored":                  func() { elapsed(parked) },
}

func main() {
	if len(os.Args) < 2 {
		for _, name := range slices.Sorted(maps.Keys(ways)) {
			fmt.Println(name)
		}
		return
	}
	way := ways[os.Args[1]]
	if way == nil {
		log.Fatalf("there is no way %q", os.Args[1])
	}
	way()
	fmt.Println("main returns")
}

// cleanup says that there will be a deferred call, and returns it.
func cleanup() func() {
	fmt.Println("the call is deferred")
	return ran
}

func ran() {
	stack := make([]byte, 64)
	stack = stack[:runtime.Stack(stack, false)]
	where := "its own goroutine"
	if bytes.HasPrefix(stack, []byte("goroutine 1 ")) {
		where = "main"
	}
	fmt.Println("the deferred call runs on", where)
}

func goesOn() { fmt.Println("the caller goes on") }

// wait runs f on a goroutine and waits for it.
func wait(f func()) {
	var group sync.WaitGroup
	group.Go(f)
	group.Wait()
	fmt.Println("the wait returns")
}

func returns() {
	func() { defer cleanup()() }()
	goesOn()
}

func stackOverflow() {
	defer cleanup()()
	debug.SetMaxStack(1 << 20)
	overflow(0)
}

func overflow(depth int) int { return overflow(depth+1) + depth }

func recovered() {
	func() {
		defer func() { recover() }()
		defer cleanup()()
		panic("bad amount")
	}()
	goesOn()
}

func inADeferredCall() {
	defer cleanup()()
	defer panic("the deferred call panics")
}

func duringAPanic() {
	defer cleanup()()
	defer panic("the deferred call panics")
	panic("bad amount")
}

// send has a shell send a signal to this process.
func send(name string) {
	if err := exec.Command("sh", "-c", `kill -s "$0" $PPID`, name).Run(); err != nil {
		log.Fatal(err)
	}
}

func unhandled(name string) {
	defer cleanup()()
	send(name)
	// The sleep only keeps the deadlock detector quiet.
	time.Sleep(time.Hour)
}

func handled(name string) {
	stopped, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	defer cleanup()()
	send(name)
	<-stopped.Done()
	fmt.Println("the signal arrives")
}

func handlerExits() {
	defer cleanup()()
	stopped := make(chan os.Signal, 1)
	signal.Notify(stopped, os.Interrupt)
	go func() {
		<-stopped
		os.Exit(130)
	}()
	send("INT")
	select {}
}

// notStarted ends before its goroutine has perhaps begun.
func notStarted() {
	call := cleanup()
	go func() {
		defer call()
		select {}
	}()
}

// parked starts a goroutine that looks at no context, and returns when that waits for ever.
func parked(context.Context) (done chan struct{}) {
	started := make(chan struct{})
	go func() {
		defer cleanup()()
		close(started)
		select {}
	}()
	<-started
	return nil
}

// listen starts a goroutine that ends with its context.
func listen(ctx context.Context) (done chan struct{}) {
	done = make(chan struct{})
	go func() {
		defer close(done)
		defer cleanup()()
		<-ctx.Done()
	}()
	return done
}

func selectLoser() {
	ready := make(chan struct{})
	close(ready)
	select {
	case <-parked(context.Background()):
	case <-ready:
	}
	goesOn()
}

func cancelled(start func(context.Context) chan struct{}) {
	ctx, cancel := context.WithCancel(context.Background())
	done := start(ctx)
	cancel()
	waitFor(done)
}

func elapsed(start func(context.Context) chan struct{}) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Millisecond)
	defer cancel()
	done := start(ctx)
	<-ctx.Done()
	waitFor(done)
}

// waitFor waits for a goroutine that ends; nobody can wait for the other.
func waitFor(done chan struct{}) {
	if done != nil {
		<-done
		fmt.Println("the wait returns")
	}
}
