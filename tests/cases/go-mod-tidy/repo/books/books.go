package books

func Count() int { return 1 }
