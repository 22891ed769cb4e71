class Shelf{int  rows;}
