from tabulate import tabulate


def table(rows):
    return tabulate(rows, headers=("label", "grams"))
