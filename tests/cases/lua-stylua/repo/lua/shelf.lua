local shelf = {1,2}
return shelf
