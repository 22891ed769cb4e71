export const shelf = [ 1,2 ]
