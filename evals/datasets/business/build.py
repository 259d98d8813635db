#!/usr/bin/env python3
"""Writes the hospital and machines databases: one SQL script (the same text on every run) and the SQLite file it builds."""
import random
import sqlite3
from datetime import date, datetime, timedelta
from pathlib import Path

HOSPITAL = """
CREATE TABLE wards (ward_id INTEGER PRIMARY KEY, ward_code TEXT NOT NULL UNIQUE, ward_name TEXT NOT NULL, floor_no INTEGER NOT NULL, bed_count INTEGER NOT NULL);
CREATE TABLE staff (staff_id INTEGER PRIMARY KEY, first_name TEXT NOT NULL, last_name TEXT NOT NULL, role TEXT NOT NULL, ward_id INTEGER REFERENCES wards(ward_id), hired_on DATE NOT NULL, monthly_salary NUMERIC NOT NULL);
CREATE TABLE insurers (insurer_id INTEGER PRIMARY KEY, insurer_name TEXT NOT NULL, plan_type TEXT NOT NULL);
CREATE TABLE patients (pat_id INTEGER PRIMARY KEY, fname TEXT NOT NULL, lname TEXT NOT NULL, dob DATE NOT NULL, sex TEXT NOT NULL, town TEXT NOT NULL, blood_grp TEXT NOT NULL, insurer_id INTEGER REFERENCES insurers(insurer_id));
CREATE TABLE admissions (adm_id INTEGER PRIMARY KEY, pat_id INTEGER NOT NULL REFERENCES patients(pat_id), ward_id INTEGER NOT NULL REFERENCES wards(ward_id), attending_id INTEGER NOT NULL REFERENCES staff(staff_id), adm_type TEXT NOT NULL, admit_dt DATE NOT NULL, discharge_dt DATE);
CREATE TABLE diagnoses (icd_code TEXT PRIMARY KEY, descr TEXT NOT NULL, is_chronic INTEGER NOT NULL);
CREATE TABLE admission_diagnoses (adm_id INTEGER NOT NULL REFERENCES admissions(adm_id), icd_code TEXT NOT NULL REFERENCES diagnoses(icd_code), is_primary INTEGER NOT NULL, PRIMARY KEY (adm_id, icd_code));
CREATE TABLE treatments (treatment_id INTEGER PRIMARY KEY, treatment_name TEXT NOT NULL, unit_cost NUMERIC NOT NULL);
CREATE TABLE treatments_given (tg_id INTEGER PRIMARY KEY, adm_id INTEGER NOT NULL REFERENCES admissions(adm_id), treatment_id INTEGER NOT NULL REFERENCES treatments(treatment_id), staff_id INTEGER NOT NULL REFERENCES staff(staff_id), given_on DATE NOT NULL, qty INTEGER NOT NULL);
"""

MACHINES = """
CREATE TABLE Site (siteId INTEGER PRIMARY KEY, siteName TEXT NOT NULL, city TEXT NOT NULL, country TEXT NOT NULL, openedOn DATE NOT NULL);
CREATE TABLE MachineType (typeCode TEXT PRIMARY KEY, typeName TEXT NOT NULL, serviceIntervalDays INTEGER NOT NULL);
CREATE TABLE Machine (machineId INTEGER PRIMARY KEY, serialNo TEXT NOT NULL UNIQUE, typeCode TEXT NOT NULL REFERENCES MachineType(typeCode), siteId INTEGER NOT NULL REFERENCES Site(siteId), installedOn DATE NOT NULL, purchasePrice NUMERIC NOT NULL, statusCd TEXT NOT NULL);
CREATE TABLE Technician (techId INTEGER PRIMARY KEY, fullName TEXT NOT NULL, homeSiteId INTEGER REFERENCES Site(siteId), certLevel INTEGER NOT NULL, hourlyRate NUMERIC NOT NULL);
CREATE TABLE MaintOrder (orderNo INTEGER PRIMARY KEY, machineId INTEGER NOT NULL REFERENCES Machine(machineId), techId INTEGER REFERENCES Technician(techId), orderType TEXT NOT NULL, priority INTEGER NOT NULL, createdOn DATE NOT NULL, closedOn DATE, laborHrs REAL, downtimeMin INTEGER);
CREATE TABLE PartSupplier (supplierId INTEGER PRIMARY KEY, supplierName TEXT NOT NULL, leadTimeDays INTEGER NOT NULL);
CREATE TABLE SparePart (partNo TEXT PRIMARY KEY, partName TEXT NOT NULL, qtyOnHand INTEGER NOT NULL, minQty INTEGER NOT NULL, unitCost NUMERIC NOT NULL, supplierId INTEGER NOT NULL REFERENCES PartSupplier(supplierId));
CREATE TABLE PartUsage (orderNo INTEGER NOT NULL REFERENCES MaintOrder(orderNo), partNo TEXT NOT NULL REFERENCES SparePart(partNo), qty INTEGER NOT NULL, PRIMARY KEY (orderNo, partNo));
CREATE TABLE SensorReading (readingId INTEGER PRIMARY KEY, machineId INTEGER NOT NULL REFERENCES Machine(machineId), readAt DATETIME NOT NULL, tempC REAL NOT NULL, vibMmS REAL NOT NULL, pressureBar REAL);
"""

FIRST = "Amara Bruno Chloe Daniel Elif Farid Greta Hugo Ines Jonas Kavya Liam Mira Nikolai Olga Pedro Quinn Rosa Samir Tessa Umar Vera Wei Yara Zoltan".split()
LAST = "Abbot Bakker Castro Dvorak Eriksen Fontaine Gruber Haddad Ivanova Jensen Kowalski Lindqvist Moreau Novak Okafor Petrov Quiroga Rossi Schmidt Tanaka Ulrich Vasquez Weber Yilmaz Zeman".split()


def day(rng, first, last):
    return first + timedelta(days=rng.randrange((last - first).days + 1))


def people(rng, count):
    return rng.sample([(f, l) for f in FIRST for l in LAST], count)


def hospital(rng):
    wards = [("CARD", "Cardiology", 3, 24), ("ORTH", "Orthopaedics", 2, 30), ("PAED", "Paediatrics", 1, 18), ("ICU", "Intensive Care", 4, 10),
             ("MAT", "Maternity", 1, 16), ("ONC", "Oncology", 5, 22), ("NEU", "Neurology", 3, 20), ("GER", "Geriatrics", 5, 28)]
    roles = ["Consultant"] * 8 + ["Surgeon"] * 5 + ["Nurse"] * 17 + ["Physiotherapist"] * 4 + ["Pharmacist"] * 3 + ["Porter"] * 3
    base = {"Consultant": 8200, "Surgeon": 9100, "Nurse": 3300, "Physiotherapist": 3600, "Pharmacist": 4400, "Porter": 2300}
    staff = []
    for i, ((f, l), role) in enumerate(zip(people(rng, len(roles)), roles)):
        ward = None if role in ("Pharmacist", "Porter") else i % 8 + 1
        staff.append((i + 1, f, l, role, ward, day(rng, date(2008, 1, 1), date(2023, 12, 1)), base[role] + rng.randrange(0, 180) * 10))
    insurers = [("Civic Health", "public"), ("Regional Sickness Fund", "public"), ("Aurora Mutual", "private"), ("Bluestone Cover", "private"), ("Helvia Plus", "private")]
    towns = ["Ashford", "Brimley", "Colton", "Dunmere", "Eastwick", "Farrow"]
    patients = [(i + 1, f, l, day(rng, date(1932, 1, 1), date(2020, 12, 31)), rng.choice("FM"), rng.choices(towns, [6, 5, 4, 3, 2, 1])[0],
                 rng.choices(["O+", "A+", "B+", "AB+", "O-", "A-"], [8, 8, 4, 2, 2, 2])[0], rng.choice([1, 1, 2, 2, 3, 4, 5, None]))
                for i, (f, l) in enumerate(people(rng, 80))]
    doctors = [s for s in staff if s[3] in ("Consultant", "Surgeon")]
    admissions = []
    for i in range(130):
        start = day(rng, date(2023, 1, 2), date(2024, 11, 30))
        stay = rng.choices([0, 1, 2, 3, 5, 8, 13, 21], [2, 5, 8, 8, 6, 4, 2, 1])[0]
        gone = start + timedelta(days=stay) if rng.random() < 0.9 else None
        admissions.append((i + 1, rng.randrange(1, 71), rng.choices(range(1, 9), [9, 8, 5, 4, 6, 5, 4, 3])[0], rng.choice(doctors)[0],
                           rng.choices(["EMERGENCY", "ELECTIVE", "TRANSFER"], [5, 4, 2])[0], start, gone))
    diagnoses = [("I10", "Essential hypertension", 1), ("I21", "Acute myocardial infarction", 0), ("E11", "Type 2 diabetes mellitus", 1), ("J18", "Pneumonia", 0),
                 ("J45", "Asthma", 1), ("S72", "Fracture of femur", 0), ("M16", "Osteoarthritis of hip", 1), ("C50", "Breast cancer", 1), ("G40", "Epilepsy", 1),
                 ("K35", "Acute appendicitis", 0), ("O80", "Normal delivery", 0), ("N18", "Chronic kidney disease", 1), ("A09", "Gastroenteritis", 0), ("B05", "Measles", 0)]
    coded = []
    for a in admissions:
        picks = rng.sample(diagnoses[:-1], rng.choice([1, 1, 2, 3]))
        coded += [(a[0], d[0], int(n == 0)) for n, d in enumerate(picks)]
    treatments = [("Blood transfusion", 310), ("CT scan", 420), ("MRI scan", 760), ("X-ray", 95), ("Physiotherapy session", 60), ("Chemotherapy cycle", 1850),
                  ("Dialysis session", 390), ("IV antibiotics", 45), ("Wound dressing", 22.5), ("Hip replacement", 7400), ("Hyperbaric oxygen", 540)]
    carers = [s[0] for s in staff if s[3] in ("Nurse", "Surgeon", "Physiotherapist", "Consultant")]
    given = []
    for a in admissions:
        for _ in range(rng.choice([0, 1, 1, 2, 3])):
            t = rng.choices(range(1, 11), [3, 5, 3, 7, 6, 2, 3, 8, 7, 1])[0]
            last = (a[6] - a[5]).days if a[6] else 4
            given.append((len(given) + 1, a[0], t, rng.choice(carers), a[5] + timedelta(days=rng.randrange(last + 1)), 1 if t in (2, 3, 10) else rng.randrange(1, 6)))
    number = lambda rows: [(i + 1, *r) for i, r in enumerate(rows)]
    return {"wards": number(wards), "staff": staff, "insurers": number(insurers), "patients": patients, "admissions": admissions, "diagnoses": diagnoses,
            "admission_diagnoses": coded, "treatments": number(treatments), "treatments_given": given}


def machines(rng):
    sites = [("North Plant", "Gdansk", "Poland", "1998-04-01"), ("River Works", "Porto", "Portugal", "2004-09-15"), ("Hill Mill", "Brno", "Czechia", "2011-02-20"),
             ("Harbour Hub", "Rotterdam", "Netherlands", "2001-06-30"), ("South Plant", "Krakow", "Poland", "2016-11-05"), ("Lake Yard", "Lugano", "Switzerland", "2021-03-12")]
    types = [("CNC", "CNC milling machine", 90), ("LATH", "Turning lathe", 120), ("PRES", "Hydraulic press", 60), ("CONV", "Conveyor belt", 180),
             ("ROBO", "Welding robot", 45), ("COMP", "Air compressor", 150), ("LASR", "Laser cutter", 30)]
    price = {"CNC": 145000, "LATH": 68000, "PRES": 92000, "CONV": 21000, "ROBO": 118000, "COMP": 15500, "LASR": 210000}
    fleet = []
    for i in range(48):
        t = rng.choices([k[0] for k in types[:6]], [6, 5, 4, 5, 4, 3])[0]
        fleet.append((i + 1, f"{t}-{rng.randrange(1000, 9999)}-{i + 1:02d}", t, rng.choices(range(1, 6), [6, 4, 3, 5, 2])[0], day(rng, date(2009, 1, 1), date(2023, 6, 30)),
                      price[t] + rng.randrange(-60, 120) * 100, rng.choices(["RUN", "DOWN", "IDLE", "RET"], [12, 3, 3, 2])[0]))
    techs = [(i + 1, f"{f} {l}", None if i in (6, 13) else i % 5 + 1, rng.randrange(1, 4), 24 + rng.randrange(0, 64) / 2) for i, (f, l) in enumerate(people(rng, 16))]
    orders = []
    for i in range(160):
        made = day(rng, date(2023, 1, 3), date(2024, 12, 15))
        kind = rng.choices(["PM", "CM", "INSP"], [5, 4, 2])[0]
        done = made + timedelta(days=rng.choices([0, 1, 2, 4, 7, 15, 30], [3, 6, 6, 5, 3, 2, 1])[0]) if rng.random() < 0.88 else None
        tech = rng.randrange(1, 15) if done or rng.random() < 0.5 else None
        orders.append((5001 + i, rng.randrange(1, 45), tech, kind, rng.choices([1, 2, 3, 4], [2, 4, 5, 3])[0], made, done,
                       rng.randrange(2, 40) / 2 if done else None, (rng.randrange(3, 90) * 10 if kind == "CM" else rng.randrange(0, 12) * 10) if done else None))
    suppliers = [("Alpine Bearings", 12), ("Hydrotek", 21), ("MotorLine", 35), ("Sensoria", 9), ("Beltworks", 14), ("Nordic Fasteners", 5)]
    parts = [("BRG-6204", "Ball bearing 6204", 64, 20, 7.4, 1), ("BRG-6310", "Ball bearing 6310", 9, 15, 31.9, 1), ("HYD-SEAL", "Hydraulic seal kit", 14, 10, 58, 2),
             ("HYD-PMP", "Hydraulic pump", 2, 2, 1340, 2), ("MTR-2K2", "Electric motor 2.2 kW", 3, 4, 415, 3), ("MTR-7K5", "Electric motor 7.5 kW", 1, 2, 980, 3),
             ("SNS-TMP", "Temperature sensor", 27, 12, 39.5, 4), ("SNS-VIB", "Vibration sensor", 6, 8, 128, 4), ("BLT-V13", "V-belt 13 mm", 41, 25, 11.2, 5),
             ("BLT-T10", "Timing belt T10", 17, 12, 24.6, 5), ("FLT-OIL", "Oil filter", 52, 30, 16.8, 2), ("FLT-AIR", "Air filter", 19, 30, 22.3, 2), ("LSR-LNS", "Laser lens", 0, 1, 640, 4)]
    usage = {}
    for o in orders:
        for _ in range(rng.choice([0, 0, 1, 2, 3]) if o[6] else 0):
            p = rng.choices(parts[:12], [9, 4, 5, 1, 3, 1, 5, 4, 7, 5, 9, 6])[0]
            usage[o[0], p[0]] = 1 if p[4] > 300 else rng.randrange(1, 7)
    heat = {"CNC": 52, "LATH": 47, "PRES": 61, "CONV": 35, "ROBO": 44, "COMP": 73, "LASR": 40}
    readings = []
    for m in fleet[:40]:
        for _ in range(rng.randrange(6, 13)):
            at = datetime(2024, 10, 1) + timedelta(minutes=rng.randrange(0, 92 * 24 * 60))
            readings.append((m[0], at, round(rng.gauss(heat[m[2]], 7), 1), round(abs(rng.gauss(3.2, 1.4)), 2), round(rng.gauss(150, 12), 1) if m[2] == "PRES" else round(rng.gauss(8, 0.6), 2) if m[2] == "COMP" else None))
    readings.sort(key=lambda r: r[1])
    number = lambda rows: [(i + 1, *r) for i, r in enumerate(rows)]
    return {"Site": number(sites), "MachineType": types, "Machine": fleet, "Technician": techs, "MaintOrder": orders, "PartSupplier": number(suppliers), "SparePart": parts,
            "PartUsage": [(o, p, q) for (o, p), q in usage.items()], "SensorReading": number(readings)}


def literal(value):
    if value is None:
        return "NULL"
    return str(value) if isinstance(value, (int, float)) else "'" + str(value).replace("'", "''") + "'"


def write(name, schema, tables):
    folder = Path(__file__).parent / "databases" / name
    folder.mkdir(parents=True, exist_ok=True)
    rows = [f"INSERT INTO {table} VALUES ({', '.join(map(literal, row))});" for table, data in tables.items() for row in data]
    script = "\n".join([schema.strip(), *rows]) + "\n"
    (folder / f"{name}.sql").write_text(script, encoding="utf-8", newline="\n")
    target = folder / f"{name}.sqlite"
    target.unlink(missing_ok=True)
    with sqlite3.connect(target) as db:
        db.executescript("PRAGMA foreign_keys = ON; PRAGMA page_size = 1024; BEGIN;\n" + script + "COMMIT;")
    db.close()


if __name__ == "__main__":
    write("hospital", HOSPITAL, hospital(random.Random(11)))
    write("machines", MACHINES, machines(random.Random(12)))
