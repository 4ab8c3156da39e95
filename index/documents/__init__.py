"""Files of a corpus as documents: decoded, dated, titled, cleaned by choosing spans."""
