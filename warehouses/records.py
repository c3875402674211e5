"""The own record of what was made in a schema: names, types, and what they stand for."""

from collections.abc import Callable

from .models import Warehouse, WarehouseColumn


class Records:
    """The recorded columns of one schema. `raw_name(table, column)` gives a column's path."""

    def __init__(self, warehouse: Warehouse, schema: str, raw_name: Callable[[str, str], str]):
        self._warehouse, self._schema, self.raw_name = warehouse, schema, raw_name
        columns = warehouse.columns.filter(schema=schema).values_list("table", "name", "type")
        self._known = {(table, name): logical for table, name, logical in columns}
        self._unsaved: dict[tuple[str, str], WarehouseColumn] = {}

    def has(self, table: str, column: str) -> bool:
        return (table, column) in self._known

    def add(self, table: str, columns: dict[str, str]) -> None:
        """Note columns (name -> logical type) that are new or changed, for the next `save`."""
        for name, logical in columns.items():
            if self._known.get((table, name)) == logical:
                continue
            self._known[table, name] = logical
            self._unsaved[table, name] = WarehouseColumn(
                warehouse=self._warehouse,
                schema=self._schema,
                table=table,
                name=name,
                raw_name=self.raw_name(table, name),
                type=logical,
            )

    def save(self) -> None:
        """Write what was noted. A crash before it costs nothing: loading notes it again."""
        if self._unsaved:
            WarehouseColumn.objects.bulk_create(
                self._unsaved.values(),
                update_conflicts=True,
                unique_fields=["warehouse", "schema", "table", "name"],
                update_fields=["type", "raw_name"],
            )
            self._unsaved.clear()
