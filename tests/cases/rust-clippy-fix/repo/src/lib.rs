pub fn bare(books: &[u32]) -> bool {
    let n = books.iter().map(|b| b.clone()).filter(|b| *b > 1).next();
    n.is_none()
}
