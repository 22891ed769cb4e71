select book_id from loans where days>30
