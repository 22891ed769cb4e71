struct Shelf {
let rows = 3
}
