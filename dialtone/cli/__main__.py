from dialtone.cli.main import main

main()
