defmodule Shelf do
def add(books,book), do: [book|books]
end
