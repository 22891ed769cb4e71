module example.com/shelf

go 1.19

replace example.com/books => ./books
