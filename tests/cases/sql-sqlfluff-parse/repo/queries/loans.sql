select book_id from from where days>30 (
