module Shelf where
rows=3
