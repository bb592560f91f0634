"""A small estate, written with nothing of ours: what comes in is compared with it."""

from __future__ import annotations

import csv
import io
import zipfile

CUSTOMERS = """customer,partner,country,language,time_zone,currency,billing_starts_on,outbound_plans,professional_licences,workspace_licences,service_number_licences
Harbour Freight,Partner P,US,en,America/New_York,USD,2026-11-01,2,3,0,1
Mill & Søn,Partner Q,GB,da,Europe/London,GBP,2026-12-01,1,1,0,0
"""
ADDRESS = "address1,address2,city,state,postal_code,floor,room"
LOCATIONS = (
    "customer,location,country,time_zone,language,"
    + ADDRESS
    + ","
    + ",".join(f"emergency_{part}" for part in ADDRESS.split(","))
    + """
Harbour Freight,Harbour,US,America/New_York,en,350 Fifth Avenue,,New York,NY,10118,3,,,,,,,,
Harbour Freight,Warehouse,US,America/Chicago,en,PO Box 7,,Chicago,IL,60601,,,233 South Wacker Drive,,Chicago,IL,60606,,
Mill & Søn,London,GB,Europe/London,da,10 Downing Street,,London,,SW1A 2AA,,,,,,,,,
"""
)
NUMBERS = (
    "customer,location,number,usage,main,block,live,"
    + ",".join(f"own_{part}" for part in ADDRESS.split(","))
    + "\n"
    + "".join(
        f"Harbour Freight,Harbour,+1212207400{at},standard,,+12122074000,yes,,,,,,,\n" for at in range(10)
    )
    + """Harbour Freight,Harbour,+12122075000,standard,yes,,yes,,,,,,,
Harbour Freight,Harbour,+12122075001,standard,,,yes,1 Main Street,,Brooklyn,NY,11201,,2
Harbour Freight,Harbour,+12122075002,standard,,,no,,,,,,,
Harbour Freight,Harbour,+12122075003,service,,,yes,,,,,,,
Harbour Freight,Warehouse,+13122075000,standard,yes,,yes,,,,,,,
Mill & Søn,London,+442079461000,standard,yes,,yes,,,,,,,
"""
)
PEOPLE = """customer,email,first_name,last_name,display_name,role,admin_of,language,location,number,extension,calling_plan
Harbour Freight,ada@harbour.example,Ada,Hull,Ada Hull,full,,en,,,,
Harbour Freight,ben@harbour.example,Ben,Mole,Ben Mole,person,,en,Harbour,+12122075001,5001,yes
Harbour Freight,cleo@harbour.example,Cleo,Quay,"Quay, Cleo",location,Harbour|Warehouse,en,Harbour,,5002,
Mill & Søn,mia@mill.example,Mia,Søn,Mia Søn,full,,da,London,+442079461000,,yes
"""
SHEETS = {"customers": CUSTOMERS, "locations": LOCATIONS, "numbers": NUMBERS, "people": PEOPLE}


def zipped(**changed: str | bytes) -> bytes:
    """The estate as a zip of CSV files, with some of them replaced."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        for name, text in {**SHEETS, **changed}.items():
            packed.writestr(f"{name}.csv", text)
    return out.getvalue()


def canonical(content: bytes) -> dict[str, bytes]:
    """Each sheet of a zip as the bytes of its lines in a fixed order, without byte order mark."""
    found = {}
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        for name in packed.namelist():
            text = packed.read(name).decode("utf-8-sig")
            rows = list(csv.reader(io.StringIO(text, newline="")))
            out = io.StringIO()
            csv.writer(out, lineterminator="\n").writerows([rows[0], *sorted(rows[1:])])
            found[name] = out.getvalue().encode()
    return found
