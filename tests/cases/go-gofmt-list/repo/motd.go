package motd

func Text( name string ) string {
  return "hello " + name
}
