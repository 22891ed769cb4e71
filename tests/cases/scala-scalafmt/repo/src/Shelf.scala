object Shelf{val rows=3}
