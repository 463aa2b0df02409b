"""``python -m gaebench`` is the command ``gaebench``."""

from gaebench.command.main import main

if __name__ == "__main__":
    main()
