from parcel.report import table


def test_table():
    assert "label" in table([("a", 1)])
