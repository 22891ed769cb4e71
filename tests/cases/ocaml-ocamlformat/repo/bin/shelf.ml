let rows   =   3
