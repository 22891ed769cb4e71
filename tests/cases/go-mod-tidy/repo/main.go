package main

import "example.com/books"

func main() { println(books.Count()) }
