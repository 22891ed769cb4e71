{rows=3;}
