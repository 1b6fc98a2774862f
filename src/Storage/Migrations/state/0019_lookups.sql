-- Whose address it is, and which places there are, are asked while others wait for the writer.
CREATE INDEX customers_email ON customers (LOWER(email));
CREATE INDEX customers_place ON customers (place);
