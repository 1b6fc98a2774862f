// Inside B2D.* the word Console is the role; the terminal is the system's.
global using Terminal = System.Console;
