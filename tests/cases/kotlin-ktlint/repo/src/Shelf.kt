class Shelf {
fun rows() = 3
}
