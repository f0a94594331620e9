"""How the program is brought to another machine: wheels, a list of what is in them, one archive for offline hosts."""
