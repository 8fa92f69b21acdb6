"""The transparency log as files (c2sp.org/tlog-tiles), for witnesses, monitors and anyone who checks a proof."""
