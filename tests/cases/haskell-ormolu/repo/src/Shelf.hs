module Shelf where

add :: Int->[Int]->[Int]
add b s=b:s
