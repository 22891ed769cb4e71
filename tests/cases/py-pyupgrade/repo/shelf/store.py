class Store(object):
    def names(self):
        return set([b.name for b in self.books])
