resource "local_file" "motd" {
  filename = "motd"
  content = "hello"
}
