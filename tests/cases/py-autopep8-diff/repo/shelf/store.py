def shelve( book,shelf ):
    shelf.append( book )
    return shelf
