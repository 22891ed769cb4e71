int full(int books)
{
	if (books > 9)
		return 1;
	return 0;
}
