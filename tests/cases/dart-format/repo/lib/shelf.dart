int rows()=>3;
