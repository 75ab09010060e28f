//! Batches in Arrow's streaming format (<https://arrow.apache.org/docs/format/Columnar.html#ipc-streaming-format>).

use super::disk::problem;
use arrow_array::{Array, ArrayRef, BinaryArray, RecordBatch, RecordBatchOptions, make_array};
use arrow_ipc::reader::StreamReader;
use arrow_ipc::writer::StreamWriter;
use arrow_schema::{ArrowError, Field, Schema};
use grotto_diag::Diagnostic;
use grotto_events::{Batch, Column};
use std::io::Cursor;
use std::sync::Arc;

/// A batch as bytes. Its texts should be its [own](Batch::compact).
pub(super) fn write(batch: &Batch) -> Result<Vec<u8>, Box<Diagnostic>> {
    let arrays =
        batch.columns().map(|(name, column)| (name.to_string(), make_array(column.array().to_data())));
    to_bytes(arrays.collect(), batch.rows()).map_err(|error| problem(&error, "written"))
}

/// The batch of these bytes.
pub(super) fn read(bytes: Vec<u8>) -> Result<Batch, Box<Diagnostic>> {
    let record = from_bytes(bytes).map_err(|error| problem(&error, "read"))?;
    let mut out = Batch::new(record.num_rows());
    for (field, array) in record.schema().fields().iter().zip(record.columns()) {
        if let Some(column) = Column::from_array(array) {
            out.set(field.name().as_str(), column);
        }
    }
    Ok(out)
}

/// Two values, neither of which means anything here.
pub(crate) type Pair = (Vec<u8>, Vec<u8>);

/// Rows of two values each.
pub(crate) fn write_blobs(rows: &[Pair]) -> Result<Vec<u8>, Box<Diagnostic>> {
    let column = |f: &dyn Fn(&Pair) -> &[u8]| -> ArrayRef {
        Arc::new(BinaryArray::from_iter_values(rows.iter().map(f)))
    };
    let arrays = vec![
        ("key".to_owned(), column(&|row| row.0.as_slice())),
        ("state".to_owned(), column(&|row| &row.1)),
    ];
    to_bytes(arrays, rows.len()).map_err(|error| problem(&error, "written"))
}

/// Calls `each` with the rows of these bytes.
pub(crate) fn read_blobs(bytes: Vec<u8>, mut each: impl FnMut(&[u8], &[u8])) -> Result<(), Box<Diagnostic>> {
    let record = from_bytes(bytes).map_err(|error| problem(&error, "read"))?;
    let column = |at: usize| record.columns().get(at).and_then(|c| c.as_any().downcast_ref::<BinaryArray>());
    if let (Some(keys), Some(states)) = (column(0), column(1)) {
        for row in 0..record.num_rows() {
            each(keys.value(row), states.value(row));
        }
    }
    Ok(())
}

fn to_bytes(columns: Vec<(String, ArrayRef)>, rows: usize) -> Result<Vec<u8>, ArrowError> {
    let fields: Vec<Field> =
        columns.iter().map(|(name, array)| Field::new(name, array.data_type().clone(), true)).collect();
    let arrays = columns.into_iter().map(|(_, array)| array).collect();
    let schema = Arc::new(Schema::new(fields));
    let options = RecordBatchOptions::new().with_row_count(Some(rows));
    let record = RecordBatch::try_new_with_options(Arc::clone(&schema), arrays, &options)?;
    let mut writer = StreamWriter::try_new(Vec::new(), &schema)?;
    writer.write(&record)?;
    writer.finish()?;
    writer.into_inner()
}

fn from_bytes(bytes: Vec<u8>) -> Result<RecordBatch, ArrowError> {
    let mut reader = StreamReader::try_new(Cursor::new(bytes), None)?;
    reader.next().unwrap_or_else(|| Err(ArrowError::IpcError("there is no batch".to_owned())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn batches_of_every_type_come_back() {
        let mut batch = Batch::new(3);
        batch.set("t", Column::text([Some("x"), None, Some("a text that does not fit into a view")]));
        batch.set("c", Column::constant("a constant of more than twelve bytes", 3));
        batch.set("i", Column::Int(vec![Some(1), None, Some(i64::MIN)].into()));
        batch.set("f", Column::Float(vec![Some(0.1), Some(f64::NEG_INFINITY), None].into()));
        batch.set("time", Column::Time(vec![Some(1), None, Some(3)].into()));
        batch.set("l", Column::list([vec!["p", "q"], vec![], vec!["r"]]));
        batch.set("n", Column::null(3));
        batch.set("\0order", Column::Int(vec![1, 2, 3].into()));
        assert_eq!(read(write(&batch).unwrap()).unwrap(), batch);
        let slice = batch.slice(1, 2);
        assert_eq!(read(write(&slice.compact()).unwrap()).unwrap(), slice);
        assert_eq!(read(write(&Batch::new(5)).unwrap()).unwrap().rows(), 5);
    }

    #[test]
    fn blobs_come_back() {
        let rows = vec![(vec![0xff, 0], vec![]), (vec![], vec![1, 2, 3])];
        let mut read = Vec::new();
        read_blobs(write_blobs(&rows).unwrap(), |a, b| read.push((a.to_vec(), b.to_vec()))).unwrap();
        assert_eq!(read, rows);
        assert_eq!(read_blobs(vec![1, 2, 3], |_, _| {}).unwrap_err().slug, "engine/disk");
    }
}
