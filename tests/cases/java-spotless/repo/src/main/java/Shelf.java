class Shelf{int rows=3;}
