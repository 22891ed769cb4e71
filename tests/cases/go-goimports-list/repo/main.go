package main

func main() {
	fmt.Println( "shelf" )
}
