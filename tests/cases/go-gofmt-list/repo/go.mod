module example.com/acme/motd

go 1.19
