select book_id from books
