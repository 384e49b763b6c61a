package main

import "runtime"

// Messages: there and back, one way, with a reply; between goroutines, and between threads.

func channels(name string) sample {
	switch name {
	case "ping-pong":
		return measure(func(n int) { pingPong(n, 1, func() {}) })
	case "ping-pong-unbuffered":
		return measure(func(n int) { pingPong(n, 0, func() {}) })
	case "thread-ping-pong":
		runtime.LockOSThread()
		return measure(func(n int) { pingPong(n, 1, runtime.LockOSThread) })
	case "reply":
		return measure(reply)
	case "stream":
		return measure(stream)
	}
	return nil
}

func pingPong(n, capacity int, atTheOtherEnd func()) {
	requests, replies := make(chan int, capacity), make(chan int, capacity)
	go func() {
		atTheOtherEnd()
		for order := range requests {
			replies <- order
		}
		close(replies)
	}()
	for order := range n {
		requests <- order
		<-replies
	}
	close(requests)
	<-replies
}

// Each request carries the channel for its reply.
func reply(n int) {
	type request struct {
		order int
		reply chan int
	}
	requests := make(chan request, 1)
	go func() {
		for request := range requests {
			request.reply <- request.order
		}
	}()
	for order := range n {
		reply := make(chan int, 1)
		requests <- request{order, reply}
		<-reply
	}
	close(requests)
}

func stream(n int) {
	orders, sum := make(chan int, 100), make(chan int)
	go func() {
		total := 0
		for order := range orders {
			total += order
		}
		sum <- total
	}()
	for order := range n {
		orders <- order
	}
	close(orders)
	<-sum
}
