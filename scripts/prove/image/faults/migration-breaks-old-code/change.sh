# shellcheck shell=sh
# The code that goes with the migration.
sed -i 's/customer: Mapped\[str\] = mapped_column(/&"client", /' erp/models.py
grep -q '"client"' erp/models.py
