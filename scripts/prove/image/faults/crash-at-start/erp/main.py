
raise SystemExit("the fault of this image: it ends at its start")
